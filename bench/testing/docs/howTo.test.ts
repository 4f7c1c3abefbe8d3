/** The pages of docs/how-to are run. */
import { testPages } from './pages.ts';

testPages('howTo');
