import { Body, Controller, Header, HttpCode, Inject, Post } from '@nestjs/common';
import { checkGid, parseAbortRequest, parseTransactionRequest } from '@nestjs-dtx/protocol';
import type { CoordinatorSettings } from '../../coordinator.settings';
import { SETTINGS } from '../../coordinator.tokens';
import { TransactionService } from '../../transactions/transaction.service';
import { queryViewOf } from '../../operations/transaction-view';
import { GidDto } from './dto/gid.dto';
import { parseJsonBody } from './json-body';
import { readRegistration } from './registration-body';
import { BodyPipe } from './validation';
import { JSON_TYPE, SUCCESS_BODY, waitException } from './wire.exception';

/** Commands of the dtm protocol (spec 2.5–2.7). Translates only; the hot ones validate by hand. */
@Controller('api/dtmsvr')
export class TransactionsController {
  constructor(
    private readonly transactions: TransactionService,
    @Inject(SETTINGS) private readonly settings: CoordinatorSettings,
  ) {}

  @Post('prepare')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async prepare(@Body() body: unknown): Promise<string> {
    await this.transactions.prepare(parseTransactionRequest(parseJsonBody(body), this.settings.limits));
    return SUCCESS_BODY;
  }

  @Post('submit')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async submit(@Body() body: unknown): Promise<string> {
    const request = parseTransactionRequest(parseJsonBody(body), this.settings.limits);
    const waited = await this.transactions.submit(request);
    const refusal = waited && waitException(waited);
    if (refusal) throw refusal;
    return SUCCESS_BODY;
  }

  @Post('abort')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async abort(@Body() body: unknown): Promise<string> {
    const { gid, rollbackReason } = parseAbortRequest(parseJsonBody(body));
    const waited = await this.transactions.abort(gid, rollbackReason);
    const refusal = waited && waitException(waited);
    if (refusal) throw refusal;
    return SUCCESS_BODY;
  }

  /** Spec 2.8; the older paths are the same, `trans_type` in the body decides. */
  @Post(['registerBranch', 'registerTccBranch', 'registerXaBranch'])
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async registerBranch(@Body() body: unknown): Promise<string> {
    await this.transactions.registerBranch(readRegistration(body, this.settings.limits));
    return SUCCESS_BODY;
  }

  /** Spec 2.9. */
  @Post('prepareWorkflow')
  @HttpCode(200)
  async prepareWorkflow(@Body() body: unknown) {
    const request = parseTransactionRequest(parseJsonBody(body), this.settings.limits);
    const { transaction, branches } = queryViewOf(await this.transactions.prepareWorkflow(request));
    return { transaction, progresses: branches };
  }

  @Post('forceStop')
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  async forceStop(@Body(new BodyPipe(GidDto)) { gid }: GidDto): Promise<string> {
    await this.transactions.forceStop(checkGid(gid));
    return SUCCESS_BODY;
  }
}
