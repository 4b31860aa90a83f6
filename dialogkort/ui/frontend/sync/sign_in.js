// @ts-check
// Signing in to the server of a page: both sides show that they know the key, and neither tells it.

/** Whether this browser can prove what it knows; on plain http it can only on this very machine. */
const canProve = () => Boolean(globalThis.crypto?.subtle);

/** A key's proof for some words: HMAC-SHA256 in hexadecimal. */
export async function proofOf(/** @type {string} */ key, /** @type {string} */ words) {
  const bytes = new TextEncoder();
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey("raw", bytes.encode(key), hmac, false, ["sign"]);
  return hex(await crypto.subtle.sign("HMAC", secret, bytes.encode(words)));
}

/** @param {ArrayBuffer} buffer */
function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Words that nobody has used before. */
function newNonce() {
  return hex(crypto.getRandomValues(new Uint8Array(16)).buffer);
}

/**
 * One sign-in, from the first message of a socket to its welcome.
 *
 * @param {string | null} key none where the server knows by other means who asks (below Jupyter)
 */
export function signIn(key) {
  const own = newNonce();
  let challenge = null;
  return {
    /** What to say to a challenge. */
    answer: async (/** @type {{ nonce: string }} */ { nonce }) => {
      challenge = nonce;
      if (!canProve()) return { type: "sign_in", key };
      return { type: "sign_in", nonce: own, proof: await proofOf(key, `browser ${nonce} ${own}`) };
    },
    /** Whether the one who welcomes us knows the key: else it is a stranger who has taken the port. */
    isGenuine: async (/** @type {{ proof?: string }} */ { proof }) => {
      if (key === null) return true;
      if (challenge === null) return false;
      return !canProve() || proof === (await proofOf(key, `server ${challenge} ${own}`));
    },
  };
}
