// @ts-check
// What the server and a screen tell each other, as types. Nothing here runs.

/**
 * What can become of a card. `settles`: an event of its name brings it about, and sets those `fields` of the
 * card; `isFaceDown`: the card is to be drawn again; `isAside`: it lies there and was not talked about.
 * @typedef {{ value: string, key: string, settles: boolean, fields: string[], isFaceDown: boolean, isAside:
 *   boolean, icon: any, pattern: string }} Outcome
 * @typedef {{ name: string, kind: "text" | "day" | "count" | "choice", isRequired: boolean,
 *   ofWorkshop: boolean, autofill: string, choices: string[] }} Detail
 * Lengths in characters; first and last of the years, fewest and most of the people.
 * @typedef {{ name: number, quoted: number, years: [number, number], people: [number, number],
 *   writingPause: number, linePause: number, minutes: number, timerSeconds: number,
 *   silentNote: number, highestRating: number, ratingsShownFrom: number, word: number,
 *   fewestVoteItems: number, voteItems: number, hands: number, handsAtATable: number,
 *   ownOpening: number, openingLength: number, catalogueBytes: number }} Limits
 * @typedef {{ outcomes: Outcome[], agreements: string[], skipReasons: string[], noteKinds: string[],
 *   nextStep: string, kindsToRead: string[],
 *   openingQuestions: number[], details: Detail[], limits: Limits }} Vocabulary
 *
 * @typedef {{ what: string, id: string, session: string, note?: string, card?: string, text?: string, kind?:
 *   string, opening_question?: number, owner?: string, due?: string, after?: string, agreement?: string,
 *   reason?: string, events?: string[], coder?: string, code?: string | null, name?: string, definition?:
 *   string, retired?: boolean, applies?: boolean, noted_in?: string, minutes?: number | null,
 *   order?: string[], seconds?: number, starts?: string }} DomainEvent
 *
 * An event that the server has not acknowledged. `refused`: it cannot be kept, and stays on the screen.
 * `draft`: half-written; its id is new with every letter. `instead_of`: the note that this one replaces,
 * which goes for good. `whole_step`: what is undone is the whole step that ends with this event.
 * @typedef {DomainEvent & { refused?: boolean, draft?: boolean, instead_of?: string,
 *   whole_step?: boolean }} PendingEvent
 *
 * @typedef {{ to: string | null, opened: boolean, session: string | null, now: number, refused?: string,
 *   unsaved?: string }} Reply
 * @typedef {{ type: "state", whole?: boolean, set?: Record<string, any>,
 *   patch?: Record<string, Record<string, any>>, reply?: Reply }} StateMessage
 *
 * @typedef {{ name: string, description: string, light: string, dark: string, shape: string }} Area
 * @typedef {{ number: number | string, place: number, area: number, confidence: string, question: string,
 *   examples: string[], examples_label: string, is_own: boolean, attribution: string }} Card
 * @typedef {{ title: string, subtitle: string, attribution: string, areas: Area[],
 *   cards: Record<string, Card>, openings: OpeningQuestion[] }} Deck
 * A question of the opening round: one's own, and one that was replaced by those, are marked so.
 * @typedef {{ question: number, label: string, text: string, is_own: boolean,
 *   in_round: boolean }} OpeningQuestion
 * @typedef {{ session: string, workshop: string, organisation: string, unit: string, date: string,
 *   group: string, participants: number | null, note_taker: string, date_read: string,
 *   turned: number | null, notes: number | null, ended: boolean | null,
 *   typed_in: boolean | null, has_plan: boolean }} SessionRow
 * A workshop that was prepared, with its groups and the sessions of those that have begun.
 * @typedef {{ plan: string, name: string, facts: string }} ListedPlan
 * @typedef {ListedPlan & { purpose: string, workshop: string,
 *   groups: { name: string, session: string | null }[] }} PlanToCome
 * @typedef {{ sessions: SessionRow[], unreadable: string, older: string, folder: string, notices: string,
 *   proposal: Record<string, any>, plans?: PlanToCome[], overdue?: Overdue[] }} Lobby
 * @typedef {{ id: string, text: string }} SilentNote
 * Moments are the server's, in ms since 1970.
 * @typedef {{ seconds: number, starts: string, run: { id: string, started_at: number, ends_at: number,
 *   card: string | null } | null }} TimerState
 * @typedef {{ session: string, newest: string, fields: Record<string, any>,
 *   questions: { question: string, text: string, area: string, examples: string[] }[], keep_until: string,
 *   on_table: number, has_catalogue: boolean, follow_up: string,
 *   timing: { cards: string, fits: boolean, sum: string,
 *     script: { when: string, what: string, is_card: boolean }[] } }} Plan
 * @typedef {{ draws: { draw: string, name: string }[], areas: string[],
 *   deck: string, usual_deck: string }} PlanChoices
 * What a table is shown of its workshop's plan; `ends_at` in ms since 1970.
 * @typedef {{ purpose?: string, rules?: string, roles?: { what: string, who: string }[],
 *   catalogue?: string, catalogue_file?: string, cards?: number,
 *   minutes?: number, ends_at?: number }} Prepared
 * @typedef {{ session: string, newest: string, details: Record<string, any>, ended: boolean,
 *   order: string[], face_down: string[], turn_order: string[], turned: Record<string, string>,
 *   current: string | null, timer: TimerState, closing: Closing,
 *   silence: Record<string, { is_open: boolean, count: number, shown: SilentNote[] }>,
 *   card_facts: Record<string, { agreement?: string, reason?: string, minutes?: number | null }>,
 *   undo: { events: string[], label: string } | null,
 *   redo: { events: string[], label: string } | null,
 *   remote_move: { id: string, what: string, card: string | null } | null }} Table
 * What a participant's own phone is shown.
 * @typedef {{ session: string, workshop: string, group: string, is_over: boolean,
 *   card: { id: string, number: number, area: string, question: string } | null,
 *   silence: { begun: string } | null, vote: Ballot | null }} PhoneState
 * A vote that stands open, as a phone or a table may vote in it; `own` is what it chose, by item.
 * @typedef {{ id: string, choices: number, items: { id: string, label: string }[],
 *   own: Record<string, number> }} Ballot
 * A vote as the plenum shows it: `counted` are the items that hands were counted for.
 * @typedef {{ id: string, subject: string, choices: number, items: string[], is_shown: boolean,
 *   voters: number, counted: string[],
 *   results: { item: string, rank: number, hands: number, dots: number }[] }} PlenumVote
 * The end of a session: `ratings` (number and word) are told when they are `shown`; `statuses` are by note.
 * @typedef {{ answers: number, shown: boolean, ratings: [number, string][], keep_until: string,
 *   statuses: Record<string, Status>, follows: string[] }} Closing
 * @typedef {{ status: string, word: string }} Status of a next step
 * @typedef {{ note: string, noted_in: string, group: string, text: string, owner: string, due: string,
 *   status_then: Status | null }} EarlierStep
 * @typedef {{ workshop: string, organisation: string, day: string, sessions: string[] }} Overdue
 * @typedef {{ id: string, version: string, text: string, kind: string, card: string | null,
 *   opening_question: number | null, owner: string, due: string, instead_of?: string | null,
 *   begun?: string }} Note
 * A place in a file that is to be made that may identify somebody; its words are covered.
 * @typedef {{ note: string, kind: string, sure: boolean, context: string, where: string }} FilePlace
 * @typedef {{ words: string, at: number, kind: string, sure: boolean, instead: string }} Finding
 * @typedef {{ parts: [string, number][], end: number, number: string, beneath: string[],
 *   average?: number | null, chance?: [number, number] | null }} Bar lengths are shares of its track
 * @typedef {{ sentence: string, alt: string, about: string, reading: string, exact: string,
 *   measures: string[],
 *   words: Record<string, string>, areas: ({ name: string, light:
 *   string, dark: string, shape: string } & Record<"drawn" | "discussed" | "minutes" | "notes", Bar>)[] }}
 *   AreaBars
 * @typedef {{ bars?: AreaBars, head?: string[], rows?: string[][], remarks?: string[], refused?: string,
 *   requested_at?: number }} Chart
 * @typedef {{ heading: string, lead: string, parts: { heading: string, lines: [string, string][][],
 *   picture: string | null, alt: string }[] }} HelpPage the pieces of a line: what they are, and their words
 * @typedef {{ share: number, words: string } | null} OfADay what an area got; null where it is left out
 * @typedef {{ sentence: string, sides?: { then: string, now: string }, picture?: string, alt?: string,
 *   areas: ({ name: string, shape: string, light: string, dark: string, then: OfADay, now: OfADay })[],
 *   remarks: string[], for_my_eyes?: boolean, refused?: string }} ThenAndNow
 *
 * @typedef {{ id: string, name: string, definition: string, retired: boolean }} Code
 * @typedef {{ codes: string[], none: boolean, memo: string }} Reading
 * @typedef {{ id: string, in: string, text: string, kind: string, card: number | null, opening: number |
 *   null, own_opening: string | null, group: number | null }} CorpusNote
 * @typedef {{ notes: CorpusNote[], cards: { number: number | null, question: string, area: number | null }[],
 *   areas: Area[], groups: { where: string, group: string }[], read_at?: number }} Corpus
 * @typedef {{ note: string, code: string, name: string, found_by: string[], not_by: string[],
 *   settled: boolean | null, settled_by: string | null }} Disagreement
 *
 * Moments in ms since 1970.
 * @typedef {{ number: number, question: string, area: string }} PlenumCard
 * @typedef {{ name: string, state: "begun" | "card" | "between" | "ended" | "typed_in", card: PlenumCard |
 *   null, in_hand_since: number | null, done: number, of: number, notes: number, last_event: number,
 *   place: number, people: number | null }} PlenumGroup
 * @typedef {{ session: string, text: string, is_cut: boolean, kind: string, card: PlenumCard | null, card_id:
 *   string | null, opening_question: number | null, opening: string | null, owner: string, due: string,
 *   version: string }} PlenumNote
 *
 * @typedef {{ plan: string, name: string, facts: string, purpose: string, groups: string[] }}
 *   PlanToShare
 * @typedef {{ device: string, kind: "both" | "table" | "pad" | "phone", is_here: boolean, seen: string,
 *   joined: string }} JoinedDevice
 * @typedef {{ session: string, name: string, devices: JoinedDevice[], here: number, seen: string }}
 *   JoinedGroup
 * Moments in ms since 1970.
 * @typedef {{ state: "unavailable" | "none" | "shared", choices: { address: string, interface: string }[],
 *   proposal: { plan: string | null, plans: PlanToShare[], details: Record<string, string> }, plan: string |
 *   null, workshop: Record<string, string>, origin: string, address: string,
 *   code: string, qr: { size: number, path: string }, joining: "open" | "closed" | "guessed" | "expired",
 *   until: string, until_ms: number, opened_ms: number, has_device: boolean, has_joined: boolean,
 *   is_encrypted: boolean,
 *   is_address_gone: boolean, moved: string,
 *   groups: JoinedGroup[] }} Sharing
 * How a phone joins; it is empty while nobody may.
 * @typedef {{ origin?: string, code?: string, qr?: { size: number, path: string } }} Invitation
 * A group has no session while it has not begun.
 * @typedef {{ workshop: string, about: string[], purpose: string, groups: { session: string | null, name:
 *   string }[] }} Meeting
 *
 * A deck of one's own on its way: `line` is that of the file; `converted` are the fields that a program made
 * something else of, `stray` what stands under no heading.
 * @typedef {{ line: number, stray: string[], converted: string[], id: string, number: string, area: string,
 *   area_confidence: string, question: string, examples: string, examples_label: string }} EditedCard
 * @typedef {{ file: string, title: string, sheet: string, unit: string, cards: EditedCard[] }} EditedDeck
 * @typedef {{ is_error: boolean, severity: string, line: number | null, where: string, message: string }}
 *   DeckFinding
 * @typedef {{ to: string, refused?: string, deck?: EditedDeck, facts?: string, errors?: number,
 *   verdict?: string, findings?: DeckFinding[] }} DeckReport
 * @typedef {{ to: string, refused?: string, name?: string, digest?: string }} KeptCatalogue
 *
 * What came of a file that was handed in; and of all that was read of one file or folder.
 * @typedef {{ upload?: string, refused?: string }} UploadAnswer
 * @typedef {{ session: string, group: string, workshop: string, is_new: boolean, has_new: boolean,
 *   notes: number, rewritten: number }} ImportedSession
 * @typedef {{ to: string, refused?: string, sessions?: ImportedSession[], new?: number,
 *   files?: { name: string, problems: string[] }[] }} Imported
 *
 * What both adapters give a screen.
 * @typedef {object} Connection
 * @property {boolean} inPage whether the page is Dialogkort's own, and not a cell in somebody's notebook
 * @property {boolean} isGuest whether the page is a device's that has joined, or is about to
 * @property {{ lost: boolean, locked: boolean, keyless: boolean, movedTo: string }} status `movedTo` is the
 *   address that the page has by now
 * @property {(slice: string) => any} get
 * @property {(name: string, hear: (value?: any) => void) => void} on a slice, `reply`, `status` or `ready`
 * @property {(message: object) => boolean | void} send
 * @property {() => void} lose there was no answer, or there can be none
 * @property {() => boolean} isBusy whether the server says that it is at work
 * @property {(name: string, content: Blob) => Promise<UploadAnswer>} sendFile hand a file in
 * @property {() => Promise<Blob>} fetchFile the file that the slice `download` tells of
 * @property {() => void} close
 *
 * @typedef {{ screen: string, texts: object, version?: string,
 *   access?: "key" | "code" | "address" | "jupyter", device?: "both" | "table" | "pad" }} Boot
 * @typedef {{ host: HTMLElement, boot: Boot, connection: Connection }} ScreenContext
 * @typedef {(context: ScreenContext) => () => void} Screen draws itself; what it returns ends it
 */

export {};
