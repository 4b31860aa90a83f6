// What the form finds wrong with details: reads them from the standard input as JSON, a list, and prints a list of the
// names of the fields with a fault.

import { faultsOf } from "../../dialogkort/ui/frontend/core/details_check.js";

const sessions = JSON.parse(await new Response(Deno.stdin.readable).text());
console.log(JSON.stringify(sessions.map((details) => Object.keys(faultsOf(details)))));
