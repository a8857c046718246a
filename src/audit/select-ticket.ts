import type { Draw } from './assignment-hash.ts';
import { type Bucket, bucketWord } from './convention.ts';
import type { PlainText } from './plain-text.ts';
import { rankBy } from './rank-ids.ts';

/** The tickets one may be chosen of, and for what. */
export interface TicketChoice {
  readonly target: PlainText;
  readonly bucket: Bucket;
  readonly eligible: readonly PlainText[];
  /** Tickets that are not asked now, for instance because a heal operation is about them. */
  readonly excluded?: ReadonlySet<PlainText> | undefined;
}

/**
 * The ticket a target is asked for (rules A.8): of the eligible ones that are not excluded, the one with the smallest
 * `H(seed, target, bucket, ticket, "ticket_rank")`, a tie by the bytes of the ticket.
 *
 * Undefined where none is left or the bucket is unsupported (LEP-6 writes the empty string, and it means NO_ELIGIBLE_TICKET).
 * The empty id stands for no ticket. Never throws.
 */
export function selectTicket(draw: Draw, choice: TicketChoice): PlainText | undefined {
  const { target, excluded } = choice;
  const bucket = bucketWord(draw.convention, choice.bucket);
  if (bucket === undefined) return undefined;
  const left = choice.eligible.filter((ticket) => ticket !== '' && !excluded?.has(ticket));
  const { ticketRank } = draw.convention.labels;
  return rankBy(draw, left, (ticket) => [target, bucket, ticket, ticketRank])[0]?.id;
}
