// The proof that a page gives for a key: reads `{ key, words }` from the standard input, and prints it.

import { proofOf } from "../../dialogkort/ui/frontend/sync/sign_in.js";

const { key, words } = JSON.parse(await new Response(Deno.stdin.readable).text());
console.log(await proofOf(key, words));
