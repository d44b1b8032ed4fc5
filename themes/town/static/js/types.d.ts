// Types only: nothing of this file reaches a phone.

/** What the builder puts in front of a bundle (README.md). */
declare const WORDS: Record<string, string>;
declare const OUTBOX_WORDS: Record<string, string>;
declare const QR_URL: string;
declare const CODE_WORDS: Record<string, string>;
declare const OUTBOX_URL: string;
declare const SCRIPT_URL: string;
declare const BROUGHT: ((page: Page, tools: Tools) => void)[];

interface PublicJwk {
  crv: 'P-256';
  kty: 'EC';
  x: string;
  y: string;
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

/** A kind of act: of a module, or `withdraw`. */
type Kind = string;

/** waiting: on this phone. missing: received, but the published result does not hold it. */
type State = 'waiting' | 'received' | 'counted' | 'missing' | 'refused';

/** The form says which members there are (form_body.mjs); nobody here knows more of them. */
type ActBody = Record<string, string | string[] | null>;

/** What a form knows of an act before it is signed. Times are epoch seconds, 0 where the form does not say. */
interface Draft {
  kind: Kind;
  consultation: string;
  mh: string;
  target: string;
  title: string;
  body: ActBody;
  /** what was chosen, in words, where the page alone knows them */
  chosen: string;
  /** one a person and slot, changed in place, published with the results only; else a text of its own */
  counts: boolean;
  page: string;
  opens: number;
  closes: number;
  until: number;
  /** when what counts is counted */
  results: number;
  /** the slot it fills; an act without one is given its own */
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
  /** the number, in the published list, of what it says or is about */
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

/** What a module's script is handed besides the page, so that it imports nothing (README.md). */
interface Tools {
  find: (selector: string, within?: ParentNode) => HTMLElement;
  findAll: (selector: string, within?: ParentNode) => HTMLElement[];
  element: (tag: string, attributes: Record<string, string | boolean>, ...children: (Node | string)[]) => HTMLElement;
  say: (key: string, values?: Record<string, string | number>) => string;
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
