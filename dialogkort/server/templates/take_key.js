(() => {
  const found = /[#&]key=([\w-]+)/.exec(location.hash);
  if (!found) return;
  try {
    sessionStorage.setItem("dialogkort:key", found[1]);
  } catch {
    window.dialogkortKey = found[1];
  }
  history.replaceState(null, "", location.pathname + location.search);
})();
