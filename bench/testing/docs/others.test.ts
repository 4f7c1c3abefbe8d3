/** The pages that stand in no folder of the handbook are run. */
import { testPages } from './pages.ts';

testPages('others');
