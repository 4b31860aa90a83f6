// @ts-check
// The catalogue's file: chosen or dropped, kept beside the notes, and shown here as the tables see it.

import { iconButton, textButton } from "../core/buttons.js";
import { filesOfDrop, filesOfField } from "../core/chosen_files.js";
import { h, setText, setVisible } from "../core/dom.js";

const ACCEPTED = ".pdf,.docx,.xlsx,.odt,.ods,.png,.jpg,.jpeg,.txt";

/**
 * @param {import("../core/texts.js").Texts} t
 * @param {import("./plan_form.js").PlanHandlers} on
 */
export function cataloguePart(t, on) {
  const id = `dk-catalogue-${Math.random().toString(36).slice(2)}`;
  const label = h("h3", { id, class: "dk-prep-label" }, t("prepare.catalogue_file"));
  const name = h("strong", {});
  const missing = h("p", { class: "dk-trouble" });
  const status = h("p", { class: "dk-quiet", role: "status" });
  const hint = h("p", { class: "dk-quiet dk-prep-hint" }, t("prepare.catalogue_file_hint"));
  const field = h("input", { type: "file", hidden: true, accept: ACCEPTED });
  const choose = iconButton("import", t("prepare.choose_catalogue"), () => field.click());
  const look = iconButton("open", t("prepare.see_catalogue"), on.showCatalogue);
  const drop = textButton(t("prepare.remove_catalogue"), () => {
    on.change({ catalogue_file: "", catalogue_digest: "" });
    setText(status, t("prepare.catalogue_gone"));
    choose.focus();
  });
  const keep = async (/** @type {File | undefined} */ file) => {
    if (!file) return;
    status.classList.remove("dk-fault");
    setText(status, t("decks.reading", { name: file.name }));
    const { refused, name: called, digest } = await on.keepCatalogue(file);
    status.classList.toggle("dk-fault", Boolean(refused));
    setText(status, refused ?? t("prepare.catalogue_kept", { name: called }));
    if (!refused) on.change({ catalogue_file: called, catalogue_digest: digest });
  };
  field.addEventListener("change", () => {
    keep(filesOfField(field)[0]?.file);
    field.value = ""; // so that the same can be chosen again
  });
  const ways = h("div", { class: "dk-prep-chips" }, name, field, choose, look, drop);
  const naming = { class: "dk-prep-field dk-prep-wide dk-drop-here", role: "group", "aria-labelledby": id };
  const element = h("div", { ...naming, "data-part": "catalogue-file" }, label, ways, missing, status, hint);
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    filesOfDrop(event.dataTransfer).then(([first]) => keep(first?.file));
  });
  return {
    element,
    paint(/** @type {import("./plan_form.js").ShownPlan} */ { fields, plan }) {
      const has = Boolean(fields.catalogue_digest);
      const isHere = plan.has_catalogue || fields.catalogue_digest !== plan.fields.catalogue_digest;
      setText(name, fields.catalogue_file ?? "");
      for (const part of [name, drop]) setVisible(part, has);
      setVisible(look, has && plan.has_catalogue);
      setText(choose.querySelector("span"), t(has ? "prepare.other_catalogue" : "prepare.choose_catalogue"));
      setText(missing, t("prepare.catalogue_not_here", { name: fields.catalogue_file ?? "" }));
      setVisible(missing, has && !isHere);
    },
  };
}
