// @ts-check
// A screen that stays awake while somebody looks at it, where the browser can do that; else nothing happens.

/**
 * `paint(wanted)` says whether the screen is to stay awake. A browser gives it up when the page is hidden: it
 * is asked again when the page is seen.
 */
export function screenAwake() {
  /** @type {{ release: () => Promise<void>, released: boolean } | null} */
  let lock = null;
  let isWanted = false;
  let isAsking = false;

  const update = async () => {
    const wakeLock = navigator["wakeLock"]; // not in every browser, and not without a certificate
    const canAsk = wakeLock && document.visibilityState === "visible";
    if (!isWanted || !canAsk || isAsking || (lock && !lock.released)) return;
    isAsking = true;
    try {
      lock = await wakeLock.request("screen");
    } catch {
      lock = null; // the battery is low, or it is not allowed here
    }
    isAsking = false;
    if (!isWanted) release();
  };
  const release = () => {
    lock?.release().catch(() => {});
    lock = null;
  };
  document.addEventListener("visibilitychange", update);
  return {
    paint(/** @type {boolean} */ wanted) {
      if (wanted === isWanted) return;
      isWanted = wanted;
      if (wanted) update();
      else release();
    },
    stop() {
      document.removeEventListener("visibilitychange", update);
      isWanted = false;
      release();
    },
  };
}
