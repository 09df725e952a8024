import { describeColumns } from '../e2e/describeColumns';

describeColumns();
