import type { GatewayEvent } from '../model/events.ts';

/** Where a room leaves what it learned. Never throws, never waits. */
export type Emit = (event: GatewayEvent) => void;
