import type { Settings } from '../model/settings.ts';

/** What the command line says about the doors, in place of the file. */
export interface DoorOverrides {
  readonly host?: string;
  readonly port?: number;
  readonly adminHost?: string;
  readonly adminPort?: number;
}

/** The settings with other doors. Frozen like its input. */
export function overrideSettings(settings: Settings, overrides: DoorOverrides): Settings {
  const { server, admin } = settings;
  const { host = server.host, port = server.port, adminHost = admin.host, adminPort = admin.port } = overrides;
  return Object.freeze({
    ...settings,
    server: Object.freeze({ ...server, host, port }),
    admin: Object.freeze({ ...admin, host: adminHost, port: adminPort }),
  });
}
