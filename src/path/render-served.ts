import type { Emit } from '../ports/emit.ts';
import { abandoned, type CallReply, renderAnswer, renderFault } from './render.ts';
import type { Served, Trip } from './trip.ts';

/** Renders what a call came to; a refusal is told as well. */
export function renderServed(emit: Emit, { lane, classified }: Trip, served: Served): CallReply {
  switch (served.kind) {
    case 'answered':
      return renderAnswer(classified.call, served);
    case 'gone':
      return abandoned;
    case 'refused': {
      const { id, envelope } = classified.call;
      emit({ kind: 'call-refused', chain: lane.name, fault: served.answer.fault });
      return renderFault(served.answer, { id, silent: id === undefined ? 'silent' : 'answered', envelope, lane });
    }
  }
}
