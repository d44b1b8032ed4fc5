// Takes the authors' funding addresses out of npm's locks: a lock names packages and hashes, never a host.
import { readFileSync, writeFileSync } from "node:fs";

for (const path of process.argv.slice(2)) {
  const lock = JSON.parse(readFileSync(path, "utf8"));
  for (const one of Object.values(lock.packages)) delete one.funding;
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}
