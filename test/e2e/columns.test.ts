import { describeColumns } from './describeColumns';

describeColumns();
