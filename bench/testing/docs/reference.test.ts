import { testPages } from './pages.ts';

testPages('reference');
