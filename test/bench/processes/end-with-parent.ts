const LOOK_EVERY_MS = 1000;

/** A bench that is killed cannot end what it has started: this process ends by itself when it gets another parent. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, LOOK_EVERY_MS).unref();
}
