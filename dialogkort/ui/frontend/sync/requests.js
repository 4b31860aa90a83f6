// @ts-check
// Requests that are not answered yet. Where the line is down and back before anybody notices, they are made
// once more: those that were never sent, and those that may be made twice.

/** What they ask for is the same afterwards, however often. */
const REPEATABLE = ["open", "copy_plan", "gather", "cast_vote"];

export class Requests {
  /** @type {Map<string, { message: any, isSent: boolean }>} */
  #unanswered = new Map();

  /** @type {any} what asks for a session: again whenever there is contact, until it is answered */
  #start = null;

  /** The request for a session to be begun. Made once more before there is an answer it is the same one. */
  begin(/** @type {object} */ start, /** @type {string} */ newId) {
    const { id, type: _, ...former } = this.#start ?? { id: newId };
    const isSame = JSON.stringify(former) === JSON.stringify(start);
    return (this.#start = { type: "start", id: isSame ? id : newId, ...start });
  }

  made(/** @type {any} */ message, /** @type {boolean} */ isSent) {
    this.#unanswered.set(message.id, { message, isSent });
  }

  answered(/** @type {string} */ id) {
    this.#unanswered.delete(id);
    if (this.#start?.id === id) this.#start = null;
  }

  /** That there is no contact has been said: nothing is done later that nobody thinks of any more. */
  forget() {
    this.#unanswered.clear();
  }

  /** Make them once more; `transmit` says whether there was a line. */
  repeat(/** @type {(message: any) => boolean} */ transmit) {
    if (this.#start) transmit(this.#start);
    for (const request of this.#unanswered.values()) {
      if (request.isSent && !REPEATABLE.includes(request.message.type)) continue;
      request.isSent = transmit(request.message);
    }
  }
}
