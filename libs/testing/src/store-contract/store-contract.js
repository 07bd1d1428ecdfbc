"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.storeContract = storeContract;
const context_1 = require("./context");
const lease_cases_1 = require("./lease-cases");
const query_cases_1 = require("./query-cases");
const race_cases_1 = require("./race-cases");
const write_cases_1 = require("./write-cases");
/**
 * The behaviour that every {@link TransactionStore} adapter has to show on its real engine (design 4). Call it inside a
 * jest spec.
 *
 * @param name of the adapter, for the report
 */
function storeContract(name, harness) {
    describe(`store contract: ${name}`, () => {
        const context = (0, context_1.useStore)(harness);
        describe('writes', () => (0, write_cases_1.writeCases)(context));
        describe('leases', () => (0, lease_cases_1.leaseCases)(context));
        describe('races', () => (0, race_cases_1.raceCases)(context));
        describe('queries', () => (0, query_cases_1.queryCases)(context));
    });
}
