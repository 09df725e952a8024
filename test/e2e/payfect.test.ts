import { providerCase } from './callbackCases';
import { describeProvider } from './describeProvider';

describeProvider(providerCase('payfect'));
