import { Controller, Get } from '@nestjs/common';
import { newGid, RESULTS } from '@nestjs-dtx/protocol';
import { VERSION } from '../../version';

/** What is told without a look into the store (spec 2.4). */
@Controller(['api/dtmsvr', 'api/v2'])
export class InfoController {
  @Get('version')
  version() {
    return { version: `v${VERSION}` };
  }

  @Get('newGid')
  newGid() {
    return { dtm_result: RESULTS.success, gid: newGid() };
  }
}
