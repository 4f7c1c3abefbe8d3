/** The pages of docs/explanation are run. */
import { testPages } from './pages.ts';

testPages('explanation');
