import { chingchingpay } from './providers/chingchingpay';
import { efundpay } from './providers/efundpay';
import { payfect } from './providers/payfect';
import { tokenpay } from './providers/tokenpay';
import { wooshpay } from './providers/wooshpay';
import type { LiveProvider } from './provider';

export const liveProviders: LiveProvider[] = [chingchingpay, efundpay, payfect, tokenpay, wooshpay];
