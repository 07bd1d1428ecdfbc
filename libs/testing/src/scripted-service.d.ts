import { type IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
/** One call that a {@link ScriptedService} received. */
export interface ReceivedCall {
    readonly method: string;
    /** Path and query as they came. */
    readonly url: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
}
/** What a {@link ScriptedService} answers. */
export interface ServiceAnswer {
    readonly status: number;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
}
/** Decides on the answer to a call. One that never resolves is a call that hangs. */
export type ServiceScript = (call: ReceivedCall) => ServiceAnswer | Promise<ServiceAnswer>;
/** The answers of the protocol, by what they mean (spec 4.3). */
export declare const ANSWERS: {
    readonly success: ServiceAnswer;
    readonly failure: ServiceAnswer;
    readonly ongoing: ServiceAnswer;
    readonly error: ServiceAnswer;
};
/** A participant made for tests: a real HTTP server on a free port that logs its calls and answers as it is told. */
export declare class ScriptedService {
    private readonly server;
    readonly port: number;
    readonly calls: ReceivedCall[];
    /** Connections that were opened to it so far. */
    connections: number;
    /** Replace it to change the answers. */
    script: ServiceScript;
    private constructor();
    /** @param port 0 takes a free one */
    static start(port?: number): Promise<ScriptedService>;
    /** `http://host:port` */
    get url(): string;
    /** The calls as `path[branch op]`, in order of arrival. */
    get notation(): string[];
    /** Tells of every connection that is opened from now on. */
    onConnection(listener: (socket: Socket) => void): void;
    /** Waits until so many calls have arrived, answered or not. */
    received(count: number): Promise<void>;
    /** Ends all connections, calls that hang included. */
    stop(): Promise<void>;
    private handle;
}
