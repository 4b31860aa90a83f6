// @ts-check
// Names and limits of the rules. The tables are in Python; `ui/bundle.py` writes what they say in here.

/** @type {import("./types.js").Vocabulary} */
const handed = globalThis["dialogkortVocabulary"];
const { outcomes } = handed;

/** What can become of a card, in the order in which it is counted. */
export const OUTCOMES = outcomes;
export const OUTCOME_OF = Object.fromEntries(outcomes.map((outcome) => [outcome.value, outcome]));
export const AGREEMENTS = handed.agreements;
export const SKIP_REASONS = handed.skipReasons;
export const NOTE_KINDS = handed.noteKinds;
export const NEXT_STEP = handed.nextStep;
/** The kinds of notes as one reads them: what has to be done about first. */
export const KINDS_TO_READ = handed.kindsToRead;
export const OPENING_QUESTIONS = handed.openingQuestions;
/** What is told of a session, in the order of the form. */
export const DETAILS = handed.details;
export const LIMITS = handed.limits;
