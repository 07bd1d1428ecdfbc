"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.ScriptedService = exports.ANSWERS = void 0;
const node_events_1 = require("node:events");
const node_http_1 = require("node:http");
const until_1 = require("./until");
const json = (status, body) => ({
    status,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
});
/** The answers of the protocol, by what they mean (spec 4.3). */
exports.ANSWERS = {
    success: json(200, { dtm_result: 'SUCCESS' }),
    failure: json(409, { dtm_result: 'FAILURE', message: 'insufficient funds' }),
    ongoing: json(425, { dtm_result: 'ONGOING' }),
    error: json(500, { message: 'broken' }),
};
/** A participant made for tests: a real HTTP server on a free port that logs its calls and answers as it is told. */
class ScriptedService {
    server;
    port;
    calls = [];
    /** Connections that were opened to it so far. */
    connections = 0;
    /** Replace it to change the answers. */
    script = () => exports.ANSWERS.success;
    constructor(server, port) {
        this.server = server;
        this.port = port;
        server.on('connection', () => (this.connections += 1));
        server.on('request', (request, response) => {
            // A caller that hung up, or a script that throws: the connection is cut.
            this.handle(request, response).catch(() => response.destroy());
        });
    }
    /** @param port 0 takes a free one */
    static async start(port = 0) {
        const server = (0, node_http_1.createServer)();
        server.listen(port, '127.0.0.1');
        await (0, node_events_1.once)(server, 'listening');
        return new ScriptedService(server, server.address().port);
    }
    /** `http://host:port` */
    get url() {
        return `http://127.0.0.1:${this.port}`;
    }
    /** The calls as `path[branch op]`, in order of arrival. */
    get notation() {
        return this.calls.map(({ path, query }) => `${path.slice(1)}[${query['branch_id']} ${query['op']}]`);
    }
    /** Tells of every connection that is opened from now on. */
    onConnection(listener) {
        this.server.on('connection', listener);
    }
    /** Waits until so many calls have arrived, answered or not. */
    async received(count) {
        await (0, until_1.until)(() => this.calls.length >= count);
    }
    /** Ends all connections, calls that hang included. */
    async stop() {
        if (!this.server.listening)
            return;
        this.server.closeAllConnections();
        this.server.close();
        await (0, node_events_1.once)(this.server, 'close');
    }
    async handle(request, response) {
        const chunks = [];
        for await (const chunk of request)
            chunks.push(chunk);
        const { pathname, searchParams } = new URL(request.url ?? '', this.url);
        const call = {
            method: request.method ?? '',
            url: request.url ?? '',
            path: pathname,
            query: Object.fromEntries(searchParams),
            headers: request.headers,
            body: Buffer.concat(chunks),
        };
        this.calls.push(call);
        const { status, body = '', headers = {} } = await this.script(call);
        response.writeHead(status, headers).end(body);
    }
}
exports.ScriptedService = ScriptedService;
