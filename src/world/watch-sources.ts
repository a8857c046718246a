import type { Settings } from '../model/settings.ts';
import type { Cancel } from '../ports/clock.ts';
import { watchFiles } from '../system/watch-files.ts';
import type { DoorCertificate } from './door-certificate.ts';
import type { Preparation } from './reloads.ts';

/** What is done when files change. */
export interface WatchParts {
  /** Where the configuration came from; absent where it came from no file. */
  readonly file?: string | undefined;
  /** Reads the configuration again. */
  reload(): Promise<unknown>;
  /** Reads the certificate of the public door again. */
  renew(tls: NonNullable<Settings['server']['tls']>): Promise<unknown>;
}

/** Watches the files that settings name, over reloads. */
export class SourceWatch {
  readonly #parts: WatchParts;
  #watched: string | undefined;
  #cancels: readonly Cancel[] = [];

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Watches what these settings name from now on, and nothing else. */
  follow({ watch, server: { tls } }: Settings): void {
    const { file, reload, renew } = this.#parts;
    const config = watch ? file : undefined;
    const watched = JSON.stringify([config, tls]);
    if (watched === this.#watched) return;
    this.close();
    this.#watched = watched;
    this.#cancels = [
      ...(config === undefined ? [] : [watchFiles([config], () => void reload())]),
      ...(tls === undefined ? [] : [watchFiles([tls.cert, tls.key], () => void renew(tls))]),
    ];
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
    this.#watched = undefined;
  }
}

/** What a reload needs beside the configuration itself. */
export interface PreparedParts {
  readonly certificate: DoorCertificate;
  readonly watch: SourceWatch;
  /** The settings in force once the reload is done. */
  inForce(): Settings;
}

/** Reads what settings name outside of themselves; what is wrong there refuses them. Never rejects. */
export async function prepareSources(next: Settings, parts: PreparedParts): Promise<Preparation> {
  const { certificate, watch, inForce } = parts;
  const reading = await certificate.read(next.server);
  if (reading?.kind === 'refused') return { kind: 'refused', problems: [reading.why] };
  return {
    kind: 'ready',
    commit() {
      if (reading !== undefined) certificate.show(reading.certificate);
      watch.follow(inForce());
    },
  };
}
