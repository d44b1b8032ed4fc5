// Types only: nothing of this file reaches a phone.

/** What the builder puts in front of a bundle (README.md). */
declare const WORDS: Record<string, string>;
declare const OUTBOX_WORDS: Record<string, string>;
declare const QR_URL: string;
declare const CODE_WORDS: Record<string, string>;
declare const PROOFS_URL: string;
declare const PROOF_WORDS: Record<string, string>;
declare const ED25519_URL: string;
declare const RECOUNT_WORDS: Record<string, string>;
declare const RECOUNTS: Record<string, Counter | null>;
declare const RECOUNTS_URL: string;
declare const MINE_WORDS: Record<string, string>;
declare const ORDER_WORDS: Record<string, string>;
declare const SEARCH_WORDS: Record<string, string>;
declare const ACT_WORDS: Record<string, string>;
declare const SECRET_WORDS: Record<string, string>;
declare const KEEP_URL: string;
declare const KEEP_WORDS: Record<string, string>;
declare const OWN_URL: string;
declare const OWN_WORDS: Record<string, string>;
declare const UNFINISHED_URL: string;
declare const UNFINISHED_WORDS: Record<string, string>;
declare const REFUSALS_URL: string;
declare const REFUSAL_WORDS: Record<string, string>;
declare const CARRY_URL: string;
declare const CARRY_WORDS: Record<string, string>;
declare const PHOTOS_URL: string;
declare const PHOTO_WORDS: Record<string, string>;
declare const PRESSED_URL: string;
declare const PRESSED_WORDS: Record<string, string>;
declare const PLACE_WORDS: Record<string, string>;
declare const SCRIPT_URL: string;
declare const PUSH_WORDS: Record<string, Record<string, string>>;
declare const PUSH_ICON: string;
declare const TOWN: string;
declare const BROUGHT: ((page: Page, tools: Tools) => void)[];

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
  /** where secret ballots go; `sync` where there is no other place for them */
  box?: string;
  root: string;
  lang: string;
  prefix: string;
  receipt: PublicJwk;
  langs: string[];
  tz?: string;
  /** vkey of the town's log; none where the town has no log yet */
  log?: string;
  /** the ways to be known that this installation offers */
  methods?: string[];
}

/** A kind of act: of a module, or `withdraw`. */
type Kind = string;

/** waiting: on this phone. missing: received, but the published result does not hold it. */
type State = 'waiting' | 'received' | 'counted' | 'missing' | 'refused';

/** The form says which members there are (form_body.mjs); nobody here knows more of them. */
type ActBody = Record<string, string | string[] | Record<string, string> | null>;

/** A photo as an act names it: `photos` of a body is a list of them (docs/formats.md §18). */
interface PhotoRef {
  sha256: string;
  alt: string;
}

/** Under `photos` in the table `state`: what is to follow an act. Bytes, not a Blob: some iPhones lose those. */
type KeptPhotos = Record<string, { bytes: ArrayBuffer; at: number }>;

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
  /** what this phone keeps of the act and does not send: the words of what was sealed */
  kept?: Record<string, string>;
  /** one a person and slot, changed in place, published with the results only; else a text of its own */
  counts: boolean;
  page: string;
  opens: number;
  closes: number;
  until: number;
  /** when what counts is counted */
  results: number;
  /** of the consultation: "named" where the town has to know who acts */
  mode?: string;
  /** by which this phone vouches for the ballot key; none where none is asked, or not yet */
  grant?: string;
  /** what the town would answer now: said at once, without network too */
  wait?: string;
  /** only when an earlier revision exists: the slot it holds */
  /** the slot it fills; an act without one is given its own */
  slot?: string;
  /** name of the ballot key (keys.mjs), once one has signed for this slot */
  signer?: string;
  /** the right that a secret ballot is cast with */
  token?: Token;
  /** when the town gave it */
  fetched?: number;
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
  /** a secret ballot, which goes to the box and by itself */
  box?: boolean;
  /** when a secret ballot leaves: not when it was made, which would tell whose it is */
  notBefore?: number;
  code: string;
  /** when the answer came (epoch seconds) */
  settled: number;
  no: number;
  rx: number;
  receipt: string;
  /** the number, in the published list, of what it says or is about */
  number: string;
  countedAt: string;
  hidden?: boolean; // the town hall hides the words
  /** what came back for this act alone, as a module's script understands it */
  replies?: any;
  /** signed on another phone, brought here as a code */
  carried: boolean;
  /** a C2SP tlog-proof, once the act was found in the log; "" before. Acts of older versions have none of these. */
  proof?: string;
  /** its place in the log, as people count: the index and one */
  line?: number;
  /** when it was last looked for in vain although the town had promised it */
  absent?: number;
  /** what became of its photos, by hash; one that is not here has not left */
  photos?: Record<string, 'sent' | 'refused' | 'lost'>;
}

/** That something was begun on this phone and not sent, and where: nothing of what was written. */
interface UnfinishedNote {
  kind: Kind;
  consultation: string;
  title: string;
  /** where it goes on */
  page: string;
  /** epoch seconds, 0 where it never closes */
  closes: number;
  /** when it was begun */
  at: number;
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

/** A right to a secret vote, docs/formats.md §3.1. */
interface Token {
  m: string;
  s: string;
}

/** What a question asked in secret is, for who wants to answer it. */
interface SecretQuestion {
  consultation: string;
  question: string;
  mh: string;
}

/** A right as this phone keeps it: asked for, then given (`token`), or refused for good. */
interface Right {
  name: string;
  consultation: string;
  question: string;
  /** the device key that asked: who it was given to */
  kid: string;
  issuer: IssuerJwk;
  message: string;
  blinded: string;
  inverse: string;
  token?: Token;
  fetched?: number;
  refused?: string;
}

interface BallotKey {
  key: CryptoKey;
  jwk: PublicJwk;
  /** soft: kept in a form that can be copied, where the phone can't keep it better */
  ks: 'hard' | 'soft';
  /** false when the key lives only as long as the page */
  lasting: boolean;
}

interface ReceiptItem {
  id: string;
  no: number;
  rx: number;
  c: string;
  /** opens `c`: what of the public log only this phone can recognise; null once the town has erased it */
  salt: string | null;
  /** when the public log holds `c` at the latest */
  by: number;
}

type Verify = (key: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => Promise<boolean>;

/** An Ed25519 vkey, taken apart (C2SP signed-note). */
interface LogKey {
  name: string;
  id: Uint8Array;
  key: Uint8Array<ArrayBuffer>;
}

/** What a town signs of its log (C2SP tlog-checkpoint). */
interface Checkpoint {
  origin: string;
  size: number;
  root: Uint8Array;
}

/** A log's tree of which every tile was checked. */
interface Tree {
  leaf(index: number): Promise<Uint8Array>;
  /** the root that the tree had when it was `older` leaves large */
  rootAt(older: number): Promise<Uint8Array>;
  /** hashes from the leaf at `index` up to the root */
  proof(index: number): Promise<Uint8Array[]>;
}

interface LogProof {
  extra: Uint8Array;
  index: number;
  hashes: Uint8Array[];
  /** the checkpoint, word for word */
  note: string;
}

/** Why the town's log is not to be believed. */
type Alarm = 'forked' | 'shrunk' | 'replaced' | 'unsigned';

/** What the phone knows of the log: the newest checkpoint it found good, under the key it saw first. */
interface LogKept {
  vkey: string;
  note: string;
  alarm: Alarm | '';
  /** what contradicts `note`, word for word */
  other: string;
}

/** What looking into the log needs from the world; tests pass their own. */
interface LogPorts {
  store: Store;
  site: Site;
  fetch: (url: string) => Promise<Response>;
  now: () => number;
  verify: Verify;
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

/** What this phone remembers of who the town takes it for. */
interface Person {
  level: string;
  methods: string[];
  since: number;
}

/** A way of being known that was begun and not yet ended; kept, for the citizen may close the page. */
interface Enrolment {
  enrol: string;
  method: string;
  /** the address it was sent to, most of it hidden; "" where there is none */
  to: string;
  expires: number;
}

/** What making oneself known needs from the world; tests pass their own. */
type Doors = Pick<Ports, 'store' | 'site' | 'fetch' | 'now'>;

/** What the town answers to `me` (docs/formats.md §14). */
interface Held {
  person: { level: string; since: number };
  identities: { method: string; since: number }[];
  devices: { kid: string; ks: string; since: number; revoked: number | null; this: boolean }[];
  acts: { no: number; consultation: string; kind: string; rx: number }[];
  /** secret votes that a ballot was prepared for; older servers do not say */
  rights?: { consultation: string; question: string }[];
  consents: Record<string, unknown>;
  contact: string | null;
  profile: { born: number; gender: string; neighbourhood: string } | null;
  minors?: { purpose: string; year: string; on: boolean }[];
}

/** What came back; status 0 where nothing did. */
interface Answer {
  status: number;
  body: any;
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
  readBody: ($form: HTMLFormElement) => { body: ActBody, chosen: string, faults: FormFault[] };
  showFaults: ($form: HTMLFormElement, faults: FormFault[]) => void;
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

/** A line of rows.jsonl (docs/formats.md §12), of a record that is shown. */
interface BallotRow {
  i: number;
  no?: number; // a secret ballot has neither number nor time
  rx?: number;
  salt: string;
  jws: string;
  p?: string;
  u?: true;
}

/** An act as the recount needs it; `voter` is who it counts for. */
interface CountedAct {
  kind: string;
  slot: string;
  voter: string;
  rev: number;
  id: string;
  choice: string | string[];
  body?: ActBody;
  secret?: boolean;
}

/** What a module recounts its results from; `acts` are those that stand and choose, `totals` by item and choice. */
interface Recounted {
  slug: string;
  rules: any; // the manifest
  earlier: any[]; // the versions before it
  results: any; // results.json
  acts: CountedAct[];
  totals: Map<string, Record<string, number>>;
}

/** A line of the table: a figure as it was published, and as the ballots give it. */
interface RecountLine {
  head: string;
  published: string | number | undefined;
  counted: string | number;
}

interface RecountTools {
  say: (word: string, values?: Record<string, string | number>) => string;
  lang: string;
  pause: () => Promise<unknown>; // between long pieces of work
  slotId: (value: Record<string, string>) => Promise<string>;
  refuse: () => never; // a ballot that no rules allowed
}

/** A module's own recount (recount/recount.mjs); null where the phone can't. */
type Counter = (told: Recounted, tools: RecountTools) => RecountLine[] | null | Promise<RecountLine[] | null>;

/** What a ballot must be signed for. */
interface Scope {
  space: string;
  slug: string;
  rules: Set<string>;
  isNamed: boolean;
  issuers: Record<string, IssuerJwk>;
}

/** What the log says of one consultation: its acts by number of entry, in order, and how many rights were given. */
interface HeldByLog {
  acts: { i: number; c: string; secret: boolean }[];
  rights: number;
  rules: Set<string>;
  erased: Set<number>;
  closed: string;
  isSigned: boolean;
}

/** What a recount needs from the world; tests pass their own. Paths are below the site's root. */
interface RecountPorts {
  read: (path: string) => Promise<Uint8Array<ArrayBuffer> | null>;
  progress: (what: string, done: number, all: number) => void;
  say: RecountTools['say'];
  lang: string;
  pause: RecountTools['pause'];
  counters: Record<string, Counter | null>; // by module, null for one that counts nothing
}
