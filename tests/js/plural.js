// The form that each number takes by each of some rules of plurals: reads `[rules, counts]` as JSON from the standard
// input, and prints a list of lists.

import { formOf } from "../../dialogkort/ui/frontend/core/plural.js";

const [languages, counts] = JSON.parse(await new Response(Deno.stdin.readable).text());
console.log(JSON.stringify(languages.map((rules) => counts.map((count) => formOf(count, rules)))));
