import assert from "node:assert/strict";
import { test } from "node:test";

import { proofOf, signIn } from "../../dialogkort/ui/frontend/sync/sign_in.js";

test("a server that knows the key is believed, and nobody else", async () => {
  const signing = signIn("key");
  const { nonce, proof } = await signing.answer({ nonce: "theirs" });
  assert.equal(proof, await proofOf("key", `browser theirs ${nonce}`));
  assert.ok(await signing.isGenuine({ proof: await proofOf("key", `server theirs ${nonce}`) }));
  assert.ok(!(await signing.isGenuine({ proof: await proofOf("other", `server theirs ${nonce}`) })));
  assert.ok(!(await signing.isGenuine({ proof })));
  assert.ok(!(await signing.isGenuine({})));
});

test("a server that welcomes without having asked is a stranger, unless others know who asks", async () => {
  assert.ok(!(await signIn("key").isGenuine({ proof: "x" })));
  assert.ok(await signIn(null).isGenuine({}));
});
