// @ts-check
// How one's own phone joins, on the group's screen while everybody writes alone: nobody has to go and look at
// the facilitator's.

import { dialogShell } from "../core/dialogs.js";
import { h, setText } from "../core/dom.js";
import { qrCode } from "../core/qr_code.js";

/** @param {import("../core/texts.js").Texts} t */
export function joinDialog(t) {
  const shell = dialogShell(t, t("silence.join"), "join");
  const qr = qrCode();
  const address = h("p", { class: "dk-join-words", "data-part": "join-address" });
  const code = h("p", { class: "dk-join-words" });
  const lead = h("p", { class: "dk-lead" }, t("silence.join_how"));
  shell.fill(h("div", { class: "dk-join-way" }, qr.element, h("div", {}, lead, address, code)));
  return {
    element: shell.element,
    open: () => shell.open(),
    paint(/** @type {import("../core/types.js").Invitation | undefined} */ invitation) {
      if (!invitation?.qr) return shell.element.close(); // nobody new is let in now
      qr.paint(invitation.qr, t("share.qr", { address: invitation.origin }));
      setText(address, invitation.origin);
      setText(code, `${t("share.code")} ${invitation.code}`);
    },
  };
}
