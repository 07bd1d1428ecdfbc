import { storeContract } from '@nestjs-dtx/testing';
import { serverHarness } from './server-harness';

storeContract('mariadb', serverHarness('mariadb'));
