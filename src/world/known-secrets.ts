import { createRedactor, createTextRedactor } from '../codec/redactor.ts';
import { secretsOf } from '../config/secrets.ts';
import type { Settings } from '../model/settings.ts';
import { isSame } from './plan-reload.ts';

/** Takes the secrets of every recent configuration out of what upstreams said and of what is logged. */
export interface KnownSecrets {
  /** From now on these settings' secrets are hidden too. */
  learn(settings: Settings): void;
  redact(bytes: Buffer): Buffer;
  redactText(text: string): string;
}

/** Configurations whose secrets are still hidden: calls under way may meet those of the last ones. */
const mostRemembered = 8;

/** Creates the knowledge of one process. */
export function createKnownSecrets(settings: Settings): KnownSecrets {
  let recent: readonly (readonly string[])[] = [secretsOf(settings)];
  let redactor = redactorsOf(recent);
  return {
    learn(next) {
      const secrets = secretsOf(next);
      const before = new Set(recent.flat());
      recent = [...recent.filter((known) => !isSame(known, secrets)), secrets].slice(-mostRemembered);
      const now = new Set(recent.flat());
      if (before.size !== now.size || secrets.some((secret) => !before.has(secret))) redactor = redactorsOf(recent);
    },
    redact: (bytes) => redactor.bytes(bytes),
    redactText: (text) => redactor.text(text),
  };
}

function redactorsOf(recent: readonly (readonly string[])[]) {
  const secrets = [...new Set(recent.flat())].sort((left, right) => right.length - left.length);
  return { bytes: createRedactor(secrets), text: createTextRedactor(secrets) };
}
