// The ways out: the notes as files at any moment, and erasing for good.

/** Hand a file that the kernel has made over to the person at this screen. */
function handOver({ name, content }) {
  const address = URL.createObjectURL(new Blob([content], { type: "application/zip" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Asks before anything is erased for good. `erase(whole)` is called when the person means it. */
function eraseDialog(t) {
  const shell = panel(t, t("erase.title"), "erase");
  const keep = h("button", { class: "dk-button dk-big", type: "button", onclick: () => shell.element.close() }, t("erase.keep"));
  return {
    element: shell.element,
    /** `what` is read aloud; `others` is how many more there are to take along (0: nothing is asked of them). */
    ask(what, others, erase) {
      const whole = h("input", { type: "checkbox" });
      const yes = h("button", { class: "dk-button dk-big dk-danger", type: "button" }, icon("bin"), h("span", {}, t("erase.yes")));
      yes.addEventListener("click", () => {
        shell.element.close();
        erase(whole.checked);
      });
      shell.fill(
        h("p", { class: "dk-lead" }, what),
        h("p", {}, t("erase.for_good")),
        others > 0 && h("label", { class: "dk-check" }, whole, h("span", {}, t("erase.whole", { count: others }))) || "",
        h("div", { class: "dk-moves" }, keep, yes),
      );
      shell.open();
      keep.focus();
    },
  };
}
