#!/usr/bin/env node
// Runs a command until it succeeds, and waits in between as the exporter advises.
//
//   client.mjs EXPORTER PROVIDER PRODUCT ACCOUNT COMMAND...
//
// The command places a call. When that is refused, it prints the provider's code and ends with a failure.

import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const ATTEMPTS = 6;

// The advice for one caller, or null when the exporter has none. It is asked between attempts, so it may not hold up
// anybody.
async function retryHint(exporter, question) {
  try {
    const reply = await fetch(`${exporter}/api/v1/retry-hint?${new URLSearchParams(question)}`, {
      signal: AbortSignal.timeout(1000),
    });
    return reply.ok ? (await reply.json()).data : null;
  } catch {
    return null;
  }
}

// Exponential backoff with full jitter, in seconds, for when nobody advises.
function ownWait(attempt) {
  return Math.random() * Math.min(60, 2 ** attempt);
}

// placeCall() returns null, or the code that it was refused with. True once a call was placed.
export async function call(placeCall, exporter, { provider, product, account }) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const code = await placeCall();
    if (code === null) return true;
    const hint = await retryHint(exporter, { provider, product, account, code });
    if (hint && !hint.allowed) {
      console.error(`${code}: ${hint.advice}`);
      return false;
    }
    if (attempt + 1 < ATTEMPTS) await sleep(1000 * (hint ? hint.wait_seconds : ownWait(attempt)));
  }
  return false;
}

const [exporter, provider, product, account, program, ...rest] = process.argv.slice(2);
const placeCall = () => {
  const done = spawnSync(program, rest, { encoding: "utf8", stdio: ["inherit", "pipe", "inherit"] });
  return done.status === 0 ? null : done.stdout.trim();
};
process.exitCode = (await call(placeCall, exporter, { provider, product, account })) ? 0 : 1;
