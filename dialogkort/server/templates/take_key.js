(() => {
  const found = /[#&](key|code)=([\w-]+)/.exec(location.hash);
  if (!found) return;
  try {
    sessionStorage.setItem(`dialogkort:${found[1]}`, found[2]);
  } catch {
    window[`dialogkort:${found[1]}`] = found[2];
  }
  history.replaceState(null, "", location.pathname + location.search);
})();
