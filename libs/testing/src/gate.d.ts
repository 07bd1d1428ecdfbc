/** Holds up whoever comes to it until the test opens it: the way to look at a system in the middle of something. */
export declare class Gate {
    private release;
    private readonly opened;
    /** Resolves when the gate is open. */
    pass(): Promise<void>;
    /** Lets everybody through from now on. */
    open(): void;
}
