"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Gate = void 0;
/** Holds up whoever comes to it until the test opens it: the way to look at a system in the middle of something. */
class Gate {
    release = () => { };
    opened = new Promise((resolve) => (this.release = resolve));
    /** Resolves when the gate is open. */
    pass() {
        return this.opened;
    }
    /** Lets everybody through from now on. */
    open() {
        this.release();
    }
}
exports.Gate = Gate;
