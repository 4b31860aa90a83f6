// @ts-check
// Reading aloud by a voice of this device's own. One that sends the words elsewhere is none of its own.

/** The device's own voice for a language; undefined when it has none. */
export function ownVoice(/** @type {string} */ language) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  return voices.find(({ lang, localService }) => localService && lang.toLowerCase().startsWith(language));
}

/** Calls `changed` when the browser has found out which voices there are. @returns {() => void} ends it */
export function onVoices(/** @type {() => void} */ changed) {
  const synthesis = globalThis.speechSynthesis;
  synthesis?.addEventListener?.("voiceschanged", changed);
  return () => synthesis?.removeEventListener?.("voiceschanged", changed);
}

export function speak(/** @type {string[]} */ sentences, /** @type {SpeechSynthesisVoice} */ voice) {
  stopReading();
  for (const sentence of sentences) {
    const words = new SpeechSynthesisUtterance(sentence);
    [words.voice, words.lang] = [voice, voice.lang];
    speechSynthesis.speak(words);
  }
}

export function stopReading() {
  globalThis.speechSynthesis?.cancel();
}
