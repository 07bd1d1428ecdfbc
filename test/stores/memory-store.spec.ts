import { MemoryStore } from '@nestjs-dtx/coordinator';
import { storeContract } from '@nestjs-dtx/testing';

storeContract('memory', {
  async open() {
    const store = new MemoryStore();
    await store.open();
    return store;
  },
  dispose: (store) => store.close(),
});
