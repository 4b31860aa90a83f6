// The frontend's own rules for `deno lint`: short functions and files, nothing that the pages' content policy
// forbids, nothing newer than the oldest browsers that are promised, and names that say what is there.

const MAX_FUNCTION_LINES = 80;
const MAX_FILE_LINES = 300;

// Newer than Safari 16, Chrome 109 or Firefox 115. Syntax and the language's own library are checked by the
// types (`lib` in deno.json); these are what that does not know of, and methods that any object may have.
const TOO_NEW = {
  members: [
    "groupBy", // Object, Map: Chrome 117, Firefox 119, Safari 17.4
    "withResolvers", // Promise: Chrome 119, Firefox 121, Safari 17.4
    "fromAsync", // Array: Chrome 121, Safari 16.4
    "toSorted", // Array: Chrome 110
    "toReversed",
    "toSpliced",
    "isWellFormed", // String: Chrome 111, Firefox 119, Safari 16.4
    "toWellFormed",
    "showPopover", // Chrome 114, Firefox 125, Safari 17
    "hidePopover",
    "togglePopover",
    "requestClose", // dialog: Chrome 134
    "setHTMLUnsafe", // Chrome 124, Firefox 123, Safari 17.4
    "parseHTMLUnsafe",
    "startViewTransition", // Chrome 111, Firefox 144, Safari 18
    "checkVisibility", // Firefox 106, Safari 17.4
    "getDirectory", // Safari 15.2, Firefox 111; `createWritable` Safari 26
    "requestIdleCallback", // no Safari
    "scheduler",
    "wakeLock", // Safari 16.4, Firefox 126
    "userAgentData",
    "moveBefore", // Chrome 133
    "any", // AbortSignal: Chrome 116, Firefox 124, Safari 17.4
    "parse", // URL: Chrome 126 (JSON.parse and Date.parse are fine)
    "canParse", // URL: Chrome 120
    "intersection", // Set: Chrome 122, Firefox 127, Safari 17
    "union",
    "difference",
    "isSubsetOf",
    "isSupersetOf",
    "isDisjointFrom",
  ],
  fine: ["JSON.parse", "Date.parse"],
  globals: [
    "Iterator",
    "CloseWatcher",
    "Sanitizer",
    "CSSStyleSheet",
    "URLPattern",
    "EditContext",
    "Highlight",
  ],
};

const FORBIDDEN_MEMBERS = ["innerHTML", "outerHTML", "insertAdjacentHTML", "write", "writeln", "cssText"];

// Words of mood that a name's term in CONTRIBUTING.md has taken the place of; see `tests/test_architecture.py`.
const MOODS = new Set(
  ("told said met kept held heard hear fresh found asked meant whose beside besides standing touched happened " +
    "happenings doors house desk aloud lying arrived news").split(" "),
);
const PROMISED_NAMES = ["found_by"]; // a column of the disagreements

function linesOf(context, [start, end]) {
  return context.sourceCode.text.slice(start, end).split("\n").length;
}

function shortFunctions(context) {
  const measure = (node) => {
    const lines = linesOf(context, node.range);
    if (lines > MAX_FUNCTION_LINES) context.report({ node, message: `a function of ${lines} lines` });
  };
  return {
    Program(node) {
      const lines = context.sourceCode.text.trimEnd().split("\n").length;
      if (lines > MAX_FILE_LINES) context.report({ node, message: `a file of ${lines} lines` });
    },
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  };
}

function contentPolicy(context) {
  const isStyle = ({ type, value }) => type === "Literal" && value === "style";
  return {
    CallExpression(node) {
      const name = node.callee.property?.name ?? node.callee.name;
      const sets = name === "setAttribute" && node.arguments.some(isStyle);
      if (sets || name === "eval") context.report({ node, message: "the content policy forbids it" });
    },
    NewExpression(node) {
      if (node.callee.name === "Function") context.report({ node, message: "the content policy forbids it" });
    },
    MemberExpression(node) {
      if (FORBIDDEN_MEMBERS.includes(node.property.name)) {
        context.report({ node, message: "words become text, never markup" });
      }
    },
    Property(node) {
      if ((node.key.name ?? node.key.value) === "style") {
        context.report({ node, message: "no style attribute: give `vars`, or a class" });
      }
    },
  };
}

function oldBrowsers(context) {
  return {
    MemberExpression(node) {
      const { name } = node.property;
      if (node.computed || !TOO_NEW.members.includes(name)) return;
      if (!TOO_NEW.fine.includes(`${node.object.name}.${name}`)) {
        context.report({ node, message: `${name} is too new` });
      }
    },
    Identifier(node) {
      if (TOO_NEW.globals.includes(node.name)) context.report({ node, message: `${node.name} is too new` });
    },
  };
}

function plainWords(context) {
  const check = (node) => {
    const words = node.name.match(/[A-Z]?[a-z]+/g) ?? [];
    const isMood = words.some((word) => MOODS.has(word.toLowerCase()));
    if (isMood && !PROMISED_NAMES.includes(node.name)) {
      context.report({ node, message: `${node.name} does not say what is there` });
    }
  };
  return { Identifier: check, PrivateIdentifier: check };
}

export default {
  name: "dialogkort",
  rules: {
    "short-functions": { create: shortFunctions },
    "content-policy": { create: contentPolicy },
    "old-browsers": { create: oldBrowsers },
    "plain-words": { create: plainWords },
  },
};
