import { Controller, Get, Query } from '@nestjs/common';
import type { ListView } from '@nestjs-dtx/protocol';
import { QueryService } from '../../operations/query.service';
import { ListQueryDto } from './dto/list-query.dto';
import { QueryPipe } from './validation';

/** The transaction list with errors that name the parameter (design 9); filters and answer are those of `GET /all`. */
@Controller('api/v2/transactions')
export class TransactionListController {
  constructor(private readonly queries: QueryService) {}

  @Get()
  async list(@Query(new QueryPipe(ListQueryDto)) query: ListQueryDto): Promise<ListView> {
    return this.queries.list(query);
  }
}
