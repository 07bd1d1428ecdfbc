import { OPS } from '@nestjs-dtx/protocol';
import { DtxHandler } from './dtx-handler.decorator';

/** @see TccTry */
export interface TccTryOptions {
  /**
   * Refuse the try, so that the transaction is cancelled, when a pipe refuses the input (400). Otherwise the initiator
   * gets an error that does not say whether anything was reserved; it cancels as well, but not for this reason.
   * @default false
   */
  readonly rejectInvalid?: boolean;
}

/**
 * Marks a controller's method as the try of a TCC branch (spec 5.2): it checks and **reserves**, so that neither confirm nor
 * cancel can fail later. Its methods with `@TccConfirm` and `@TccCancel` of the same name must exist. A real route, as a
 * saga step is; without a route decorator of its own it is served at `<controller>/dtx/<name>/try`.
 *
 * @param name the handler's part of `service/handler`
 */
export function TccTry(name: string, options: TccTryOptions = {}): MethodDecorator {
  return DtxHandler({
    decorator: TccTry.name,
    family: 'tcc',
    name,
    ops: [OPS.try],
    needs: [CONFIRM, CANCEL],
    nothingToDo: [],
    rejectInvalid: options.rejectInvalid ?? false,
  });
}

/**
 * Marks a controller's method as the confirm of the TCC branch with the same name: it uses what the try has reserved. It is
 * called once all tries have succeeded, with the payload of the try, and repeated until it succeeds; it may not refuse.
 */
export function TccConfirm(name: string): MethodDecorator {
  return DtxHandler({
    decorator: TccConfirm.name,
    family: 'tcc',
    name,
    ops: [OPS.confirm],
    needs: [TRY, CANCEL],
    nothingToDo: [],
    rejectInvalid: false,
  });
}

/**
 * Marks a controller's method as the cancel of the TCC branch with the same name: it releases what the try has reserved. It
 * gets the payload of the try and is repeated until it succeeds. It may come before the try, without it, and twice: that is
 * what `@BarrierProtected()` is for.
 */
export function TccCancel(name: string): MethodDecorator {
  return DtxHandler({
    decorator: TccCancel.name,
    family: 'tcc',
    name,
    ops: [OPS.cancel],
    needs: [TRY, CONFIRM],
    nothingToDo: [],
    rejectInvalid: false,
  });
}

const TRY = { op: OPS.try, decorator: 'TccTry' };
const CONFIRM = { op: OPS.confirm, decorator: 'TccConfirm' };
const CANCEL = { op: OPS.cancel, decorator: 'TccCancel' };
