// @ts-check
// How long ago something was, in words that a room reads.

const MINUTE = 60_000;

/** Whole minutes between a moment and now; a clock that is a little ahead makes none negative. */
export function minutesSince(/** @type {number} */ moment, /** @type {number} */ now) {
  return Math.max(0, Math.floor((now - moment) / MINUTE));
}

/**
 * When a group was last heard of: just now, some minutes ago, or at an hour.
 *
 * @param {import("../core/texts.js").Texts} t
 */
export function lastSeen(t, /** @type {number} */ moment, /** @type {number} */ now) {
  const minutes = minutesSince(moment, now);
  if (minutes < 1) return t("plenum.seen_now");
  if (minutes < 60) return t("plenum.seen_ago", { count: minutes });
  const day = new Date(moment);
  const [hour, minute] = [day.getHours(), day.getMinutes()].map((part) => String(part).padStart(2, "0"));
  const isToday = day.toDateString() === new Date(now).toDateString();
  return isToday ? t("plenum.seen_at", { hour: `${hour}.${minute}` }) : t("plenum.seen_earlier");
}
