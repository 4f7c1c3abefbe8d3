/** The pages of docs/reference are run. */
import { testPages } from './pages.ts';

testPages('reference');
