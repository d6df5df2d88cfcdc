import { readdirSync, readFileSync } from "node:fs";

/** `sysconf(_SC_CLK_TCK)`, which Linux fixes for programs. */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** Its own, of all its threads. */
  readonly own: number;
  /** Of its children that have ended. */
  readonly ended: number;
}

/** Seconds of processor time of one process so far, all its threads. */
export function processorSecondsOf(pid: number): number {
  return timesOf(pid).own;
}

/** Seconds of processor time of a process and all its descendants so far, ended ones included. */
export function processorSecondsOfTree(root: number): number {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => {
      try {
        return [timesOf(Number(name))];
      } catch {
        return []; // it ended meanwhile
      }
    });
  const total = (pid: number): number => {
    const self = all.find((one) => one.pid === pid);
    if (self === undefined) return 0;
    const children = all.filter(({ parent }) => parent === pid);
    return children.reduce((sum, child) => sum + total(child.pid), self.own + self.ended);
  };
  return total(root);
}

/** Seconds of processor time of this process's children that have ended. */
export function processorSecondsOfEnded(): number {
  return timesOf(process.pid).ended;
}

/** Fields 4 and 14 to 17 of proc_pid_stat(5), behind the name, which may hold anything. */
function timesOf(pid: number): ProcessTimes {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  return {
    pid,
    parent: fields[1] ?? 0,
    own: (utime + stime) / ticksPerSecond,
    ended: (cutime + cstime) / ticksPerSecond,
  };
}
