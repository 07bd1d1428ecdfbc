import type { CaseFactory } from '../support/transactions/case-factory';
import type { TransactionCase } from '../support/transactions/transaction-case';
import type { TwoPhaseCase } from '../support/transactions/two-phase-case';
import type { Crash } from './crash';

/** A transaction with the end that it must come to, however often its coordinator dies. */
export interface ModeStory {
  readonly name: string;
  /** Scripts the services and sends the client's commands; each is repeated until it is answered. */
  readonly play: (cases: CaseFactory) => { readonly transaction: TransactionCase; readonly played: Promise<unknown> };
  readonly end: { readonly status: string; readonly rows: string };
  /** Calls without any crash. */
  readonly calls: readonly string[];
  /** What the client does has to be over before a timeout: it is done while nobody else is at work. */
  readonly isTimed?: true;
  /** The client and a callback may be at work at the same time: either may call what the other one calls. */
  readonly twoAtWork?: true;
}

/** One story, one death. */
export interface ModeCrash {
  readonly story: ModeStory;
  readonly crash: Crash;
  /** The call whose outcome dies with the coordinator: it is made again, and no other is. */
  readonly repeats?: string;
}

/** Seconds. */
const SOON = { retry_interval: 1 };
const ASKED_ABOUT = { ...SOON, timeout_to_fail: 1 };
/** Long enough for all branches to be registered before, on a machine that has much else to do. */
const TIMED_OUT = { ...SOON, timeout_to_fail: 3 };

const CALLS = {
  tcc: { go: ['B.conf[02 confirm]', 'A.conf[01 confirm]'], undo: ['B.rev[02 cancel]', 'A.rev[01 cancel]'] },
  xa: { go: ['A[01 commit]', 'B[02 commit]'], undo: ['A[01 rollback]', 'B[02 rollback]'] },
} as const;
const [QP, OUT, IN] = ['QP[00 msg]', 'OUT[01 action]', 'IN[02 action]'];
const COMMITTED = { status: 'succeed', rows: 'P S P S' };
const UNDONE = { status: 'failed', rows: 'S P S P' };

type TwoPhase = keyof typeof CALLS;

const committed = (type: TwoPhase): ModeStory => ({
  name: `${type} that is submitted`,
  play: twoPhase(type, SOON, (transaction) => transaction.submit()),
  end: COMMITTED,
  calls: CALLS[type].go,
});
const aborted = (type: TwoPhase): ModeStory => ({
  name: `${type} that is aborted`,
  play: twoPhase(type, SOON, (transaction) => transaction.abort('no stock')),
  end: UNDONE,
  calls: CALLS[type].undo,
});
const timedOut = (type: TwoPhase): ModeStory => ({
  name: `${type} that times out`,
  play: twoPhase(type, TIMED_OUT, () => Promise.resolve()),
  end: UNDONE,
  calls: CALLS[type].undo,
  isTimed: true,
});

const delivered: ModeStory = {
  name: 'msg that is submitted',
  play: message(SOON, true),
  end: { status: 'succeed', rows: 'S S' },
  calls: [OUT, IN],
};
const askedAbout: ModeStory = {
  name: 'msg whose sender is asked and has committed',
  play: message(ASKED_ABOUT, false),
  end: { status: 'succeed', rows: 'S S' },
  calls: [QP, OUT, IN],
};
const takenBack: ModeStory = {
  name: 'msg whose sender is asked and has not committed',
  play: message(ASKED_ABOUT, false, 'fail'),
  end: { status: 'failed', rows: 'P P' },
  calls: [QP],
};

const workflow: ModeStory = {
  name: 'workflow whose service goes on when it is called back',
  play: (cases) => {
    const wf = cases.newWorkflow();
    wf.register(async (run) => {
      for (const name of ['OUT', 'IN']) {
        await run.newBranch().action((branch) => branch.request(wf.url(name), 'action', '{}'));
      }
      return 'done';
    }, SOON);
    // A record that was stored before its answer was lost is refused the second time: then the callback goes on.
    return { transaction: wf, played: wf.execute().catch(() => {}) };
  },
  end: { status: 'succeed', rows: 'S S' },
  calls: [OUT, IN],
  twoAtWork: true,
};

const at = (point: Crash['point'], hit = 1): Crash => ({ point, hit });

/** Between any two durable writes of a transaction in two phases. */
const twoPhaseCrashes = (type: TwoPhase): ModeCrash[] => {
  const { go, undo } = CALLS[type];
  return [
    { story: committed(type), crash: at('prepare-stored') },
    { story: committed(type), crash: at('branch-stored') },
    { story: committed(type), crash: at('branch-stored', 2) },
    { story: committed(type), crash: at('submit-received') },
    { story: committed(type), crash: at('submit-stored') },
    { story: committed(type), crash: at('call-started') },
    { story: committed(type), crash: at('call-answered'), repeats: go[0] },
    { story: committed(type), crash: at('outcome-stored') },
    { story: committed(type), crash: at('call-started', 2) },
    { story: committed(type), crash: at('call-answered', 2), repeats: go[1] },
    { story: committed(type), crash: at('final-stored') },
    { story: aborted(type), crash: at('aborting-stored') },
    { story: aborted(type), crash: at('call-started') },
    { story: aborted(type), crash: at('call-answered'), repeats: undo[0] },
    { story: aborted(type), crash: at('compensation-stored') },
    { story: aborted(type), crash: at('call-started', 2) },
    { story: aborted(type), crash: at('call-answered', 2), repeats: undo[1] },
    { story: aborted(type), crash: at('final-stored') },
    { story: timedOut(type), crash: at('claimed') },
    { story: timedOut(type), crash: at('aborting-stored') },
    { story: timedOut(type), crash: at('call-answered'), repeats: undo[0] },
    { story: timedOut(type), crash: at('compensation-stored') },
    { story: timedOut(type), crash: at('call-answered', 2), repeats: undo[1] },
    { story: timedOut(type), crash: at('final-stored') },
  ];
};

/** Every death of every type but saga. */
export const MODE_CRASHES: readonly ModeCrash[] = [
  ...twoPhaseCrashes('tcc'),
  ...twoPhaseCrashes('xa'),
  { story: delivered, crash: at('prepare-stored') },
  { story: delivered, crash: at('submit-received') },
  { story: delivered, crash: at('submit-stored') },
  { story: delivered, crash: at('call-started') },
  { story: delivered, crash: at('call-answered'), repeats: OUT },
  { story: delivered, crash: at('outcome-stored') },
  { story: delivered, crash: at('call-started', 2) },
  { story: delivered, crash: at('call-answered', 2), repeats: IN },
  { story: delivered, crash: at('final-stored') },
  { story: askedAbout, crash: at('claimed') },
  { story: askedAbout, crash: at('call-answered'), repeats: QP },
  { story: askedAbout, crash: at('submit-stored') },
  { story: askedAbout, crash: at('call-answered', 2), repeats: OUT },
  { story: askedAbout, crash: at('outcome-stored') },
  { story: askedAbout, crash: at('final-stored') },
  { story: takenBack, crash: at('claimed') },
  { story: takenBack, crash: at('call-answered'), repeats: QP },
  { story: takenBack, crash: at('final-stored') },
  { story: workflow, crash: at('prepare-stored') },
  { story: workflow, crash: at('branch-stored') },
  { story: workflow, crash: at('branch-stored', 2) },
  { story: workflow, crash: at('submit-received') },
  { story: workflow, crash: at('final-stored') },
];

/** Commands of a transaction in two phases. @param last the client's last word */
function twoPhase(
  type: TwoPhase,
  options: Readonly<Record<string, unknown>>,
  last: (transaction: TwoPhaseCase) => Promise<unknown>,
): ModeStory['play'] {
  return (cases) => {
    const transaction = type === 'tcc' ? cases.newTcc() : cases.newXa();
    const play = async (): Promise<void> => {
      await transaction.begin(options);
      await transaction.registerBranch('01', 'A');
      await transaction.registerBranch('02', 'B');
      await last(transaction);
    };
    return { transaction, played: play() };
  };
}

function message(
  options: Readonly<Record<string, unknown>>,
  submits: boolean,
  checkBack: 'ok' | 'fail' = 'ok',
): ModeStory['play'] {
  return (cases) => {
    const msg = cases.newMsg();
    msg.answers({ QP: checkBack });
    const play = async (): Promise<void> => {
      await msg.begin(options);
      if (submits) await msg.submit(options);
    };
    return { transaction: msg, played: play() };
  };
}
