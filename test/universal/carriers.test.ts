import { createSimulatedWorld } from '../../src/adapters/sim/world.ts';
import { carriersKeepTheContract } from '../support/carrier-contract.ts';
import { carrierHands } from '../support/carrier-hands.ts';
import { carrierLaboratory } from '../support/carrier-laboratory.ts';
import { inventoryOf } from '../support/lab.ts';

const hands = carrierHands(createSimulatedWorld({ latency: () => 1 }), inventoryOf('main').hosts[0]!);
const laboratory = carrierLaboratory({ sha256: 'a'.repeat(64), size: 21_000_000, source: '/cache/tiny.qcow2' });

// `test/scenarios/carriers.test.ts` holds the real ones to the same.
carriersKeepTheContract({ hands: () => hands, laboratory: () => laboratory });
