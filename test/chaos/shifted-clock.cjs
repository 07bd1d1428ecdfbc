/*
 * Preloaded (`--require`) into a process whose machine shows a wrong time: whatever asks for the date gets it shifted by
 * CLOCK_SHIFT_MS. Elapsed time is not touched, as a wrong clock runs at the right speed.
 */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
if (!Number.isFinite(shiftMs)) throw new Error('CLOCK_SHIFT_MS has to be a number');

const RealDate = Date;
const realNow = RealDate.now;
const shiftedNow = () => realNow() + shiftMs;

RealDate.now = shiftedNow;
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(shiftedNow()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(
      target,
      args.length === 0 ? [shiftedNow()] : args,
      newTarget === globalThis.Date ? target : newTarget,
    ),
});
console.log(`this process believes that it is ${new Date().toISOString()}`);
