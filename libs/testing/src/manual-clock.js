"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ManualClock = void 0;
const coordinator_1 = require("@nestjs-dtx/coordinator");
/** A clock that stands still until it is moved: for tests that must not depend on how fast the machine is. */
class ManualClock extends coordinator_1.Clock {
    startMs;
    elapsedMs = 0;
    /** @param startMs what {@link now} says before the clock is moved */
    constructor(startMs = Date.UTC(2026, 0, 1)) {
        super();
        this.startMs = startMs;
    }
    monotonicMs() {
        return this.elapsedMs;
    }
    /** The same clock as the time of a store: pass it as `() => clock.now()`. */
    now() {
        return this.startMs + this.elapsedMs;
    }
    advance(milliseconds) {
        this.elapsedMs += milliseconds;
    }
}
exports.ManualClock = ManualClock;
