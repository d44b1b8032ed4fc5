// Types only: nothing of this file reaches a phone.

/** What the builder puts in front of a bundle (README.md). */
declare const WORDS: Record<string, string>;
declare const OUTBOX_WORDS: Record<string, string>;
declare const QR_URL: string;
declare const CODE_WORDS: Record<string, string>;
declare const OUTBOX_URL: string;
declare const SCRIPT_URL: string;

interface PublicJwk {
  crv: 'P-256';
  kty: 'EC';
  x: string;
  y: string;
}

/** The key that checks rights to a secret vote, docs/formats.md §3.1. */
interface IssuerJwk {
  e: 'AQAB';
  kty: 'RSA';
  n: string;
}

/** `<meta name="preau-site">`, docs/formats.md §10. */
interface Site {
  space: string;
  sync: string;
  root: string;
  lang: string;
  prefix: string;
  receipt: PublicJwk;
  langs: string[];
  tz?: string;
}

type Kind = 'vote' | 'proposal' | 'comment' | 'withdraw';

/** waiting: on this phone. missing: received, but the published result does not hold it. */
type State = 'waiting' | 'received' | 'counted' | 'missing' | 'refused';

interface ActBody {
  choice?: string;
  title?: string;
  text?: string;
  category?: string;
  name?: string;
  lang?: string;
  target?: string;
  reply_to?: string | null;
}

/** What a form knows of an act before it is signed. Times are epoch seconds, 0 where the form does not say. */
interface Draft {
  kind: Kind;
  consultation: string;
  mh: string;
  target: string;
  title: string;
  body: ActBody;
  page: string;
  opens: number;
  closes: number;
  until: number;
  /** when votes are counted */
  results: number;
  /** only when an earlier revision exists: the slot it holds */
  slot?: string;
}

/** One revision of an act, as the outbox keeps it. */
interface Act extends Draft {
  id: string;
  jws: string;
  slot: string;
  rev: number;
  prev: string | null;
  made: number;
  state: State;
  /** may have reached the town: it can no longer be taken back by deleting it */
  sent: boolean;
  tries: number;
  /** not before this instant, after a temporary refusal */
  next: number;
  code: string;
  /** when the answer came (epoch seconds) */
  settled: number;
  no: number;
  rx: number;
  receipt: string;
  /** the proposal's number in the published list */
  number: string;
  countedAt: string;
  /** signed on another phone, brought here as a code */
  carried: boolean;
}

type Table = 'acts' | 'keys' | 'state';

/**
 * Where acts, ballot keys and the rest are kept. `edit` is one atomic step: for each key it stores what `change`
 * returns (null deletes, undefined leaves as it was) and resolves, once that is durable, with what each key holds.
 */
interface Store {
  /** false when closing the page loses everything */
  lasting: boolean;
  all(table: Table): Promise<any[]>;
  get(table: Table, key: string): Promise<any>;
  edit(table: Table, keys: string[], change: (old: any, key: string) => any): Promise<any[]>;
}

interface BallotKey {
  key: CryptoKey;
  jwk: PublicJwk;
  /** false when the key lives only as long as the page */
  lasting: boolean;
}

interface ReceiptItem {
  id: string;
  no: number;
  rx: number;
  c: string;
}

/** What sending needs from the world; tests pass their own. Times in epoch seconds. */
interface Ports {
  store: Store;
  site: Site;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  now: () => number;
  random: () => number;
  /** whether the device says that it has no network at all */
  isOffline: () => boolean;
}

/** After sending: acts still waiting, how many changed, and the seconds before which coming back is no use. */
interface Delivery {
  left: number;
  changed: number;
  pause: number;
}

type Phase = 'before' | 'open' | 'late' | 'closed';

/** What every part of a page is handed by main.mjs. */
interface Page {
  site: Site;
  store: Store;
  now: () => number;
  tell: (text: string) => void;
  deliver: (force?: boolean, store?: Store) => Promise<Delivery>;
}

interface FormFault {
  field: string;
  text: string;
  missing: boolean;
}

/** The QR asset (qr.mjs): dark modules by column and row. */
interface QrCode {
  size: number;
  get(x: number, y: number): boolean;
}

interface SyncManager {
  register(tag: string): Promise<void>;
}
interface ServiceWorkerRegistration {
  readonly sync?: SyncManager;
}
interface SyncEvent extends Event {
  readonly tag: string;
  readonly lastChance: boolean;
  waitUntil(work: Promise<unknown>): void;
}

/** What pages, tabs and the service worker tell each other. `page`: a newer version of this path has come. */
interface Change {
  outbox?: boolean;
  page?: string;
  kept?: string;
}
